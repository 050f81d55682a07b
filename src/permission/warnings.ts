// What matters in a use of a tool, in a few words: what a reader should look for before saying yes.
import { isAbsolute, relative } from "node:path";
import type { ToolUse } from "../../adapters/harness.ts";
import { decidesLater } from "./matching.ts";

// What is beyond that is not looked at, and said so. Every pattern below is bounded: a command must not hold up the gateway.
const LOOKED_AT = 50_000;

// Each a kind of harm, by the words that mostly do it. What none of these finds is no safer: they only help a reader.
const HARMS: readonly { says: string; when: RegExp }[] = [
  { says: "runs as another user", when: /\b(?:sudo|doas|su|runuser)\b/ },
  {
    says: "runs what it fetches or builds",
    when: /\|\s{0,40}(?:\w{1,40}=\S{0,200}\s{1,40})?(?:sudo\s{1,40})?(?:\/\S{0,200}\/)?(?:ba|z|da|fi|k)?sh\b|\beval\b|\|\s{0,40}(?:python3?|node|perl|ruby|php)\b|\bbase64\s{1,40}(?:-d|--decode|-D)\b/,
  },
  {
    says: "deletes",
    when: /\b(?:rm|rmdir|shred|truncate|mkfs\S*|dd|unlink)\b|\bfind\b[^\n]{0,500}\s-delete\b|\bgit\s{1,40}(?:clean|reset\s{1,40}--hard|checkout\s{1,40}--)/,
  },
  {
    says: "uses the network",
    when: /\b(?:curl|wget|ssh|scp|sftp|rsync|nc|ncat|netcat|telnet|ftp)\b|\/dev\/(?:tcp|udp)\//,
  },
  {
    says: "publishes",
    when: /\bgit\s{1,40}(?:\S{1,80}\s{1,40}){0,6}push\b|\b(?:npm|pnpm|yarn|cargo|gem|twine)\s{1,40}(?:publish|upload)\b|\bgh\s{1,40}(?:release|pr|repo)\b/,
  },
  { says: "changes rights or owners", when: /\b(?:chmod|chown|chgrp|setfacl)\b/ },
  {
    says: "ends processes or the machine",
    when: /\b(?:kill|pkill|killall|shutdown|reboot|halt|poweroff|systemctl|service)\b/,
  },
  { says: "runs containers", when: /\b(?:docker|podman|kubectl)\b/ },
  { says: "runs later, by itself", when: /\b(?:crontab|at|launchctl)\b|\.(?:bash|zsh)rc\b|\.profile\b/ },
];

/** In the order of how much they matter; `cwd` is the directory the session works in. */
export function warningsOf(tool: ToolUse, cwd: string | undefined): string[] {
  const { command = "", path } = tool;
  const looked = command.slice(0, LOOKED_AT);
  return [
    ...(command.length > LOOKED_AT ? ["too long to look through"] : []),
    ...HARMS.filter(({ when }) => when.test(looked)).map(({ says }) => says),
    ...(path !== undefined && decidesLater(path) ? ["decides what runs or is allowed later"] : []),
    ...(path !== undefined && isOutside(path, cwd) ? ["outside the directory of this session"] : []),
  ];
}

function isOutside(path: string, cwd: string | undefined): boolean {
  if (cwd === undefined || !isAbsolute(path)) return false;
  const way = relative(cwd, path);
  return way === ".." || way.startsWith("../") || isAbsolute(way);
}
