// Plain phrases that are commands, in Chinese and English: the whole message and nothing less.

const PHRASES: readonly { says: RegExp; command: (path: string) => string }[] = [
  { says: /^(?:启动|打开|开启|连接)\s*cc$/i, command: () => "start" },
  { says: /^在\s*([~/].*?)\s*(?:打开|启动)\s*cc$/i, command: (path) => `start ${quoted(path)}` },
  { says: /^沙盒(?:模式)?(?:打开|启动)\s*cc$/i, command: () => "start --sandbox" },
  { says: /^(?:关闭|退出)\s*cc$/i, command: () => "stop" },
  { says: /^重启\s*cc$/i, command: () => "restart" },
  { says: /^cc\s*状态$/i, command: () => "status" },
  { says: /^cc\s*(?:在哪|目录)$/i, command: () => "workdir" },
  { says: /^(start|open)\s+claude\s+code$/i, command: () => "start" },
  { says: /^stop\s+claude\s+code$/i, command: () => "stop" },
  { says: /^restart\s+claude\s+code$/i, command: () => "restart" },
  { says: /^cc\s+status$/i, command: () => "status" },
];

/** The command a message stands for; undefined for every message that says more than a phrase. */
export function readPhrase(text: string): string | undefined {
  const words = text.trim();
  if (words.length > 300 || words.includes("\n")) return undefined;
  for (const { says, command } of PHRASES) {
    const found = says.exec(words);
    if (found) return command(found[1] ?? "");
  }
  return undefined;
}

function quoted(path: string): string {
  return `"${path.replaceAll('"', "")}"`;
}
