// Who may do what, by surface: what the tests try, and what docs/approvals.md says.

/** People of a chat, in the words of the page. */
export const WHO = ["owner", "approver", "commander", "member"] as const;
export type Who = (typeof WHO)[number];

/** What somebody types, what it is called, and who gets it done under `permissionMode: "ask"`. */
export interface Right {
  does: string;
  types: string;
  /** The answer of what is done. */
  done: RegExp;
  may: readonly Who[];
}

export const RIGHTS: readonly Right[] = [
  {
    does: "tighten what runs unasked",
    types: "/cc mode plan",
    done: /^mode: plan$/,
    may: ["owner", "approver", "commander"],
  },
  {
    does: "go back to the owner's setting",
    types: "/cc mode ask",
    done: /^mode: ask$/,
    may: ["owner", "approver"],
  },
  {
    does: "go beyond the owner's setting",
    types: "/cc mode acceptEdits",
    done: /^mode: acceptEdits$/,
    may: ["owner"],
  },
  { does: "open bypass", types: "/cc mode bypassPermissions", done: /^mode: bypass/, may: [] },
  {
    does: "move the session to another directory",
    types: "/cc restart DIR",
    done: /^New session in /,
    may: ["owner"],
  },
  { does: "write an archive for a fault report", types: "/cc debug", done: /^Wrote /, may: ["owner"] },
  { does: "see what is remembered", types: "/cc rules list", done: /^No rules/, may: ["owner"] },
  {
    does: "choose a model",
    types: "/cc model sonnet",
    done: /^model: sonnet/,
    may: ["owner", "approver", "commander"],
  },
];

/** Gateway methods, the scopes of a caller, and whether it gets its way. */
export const METHODS: readonly {
  does: string;
  method: string;
  params: object;
  needs: "operator.write" | "operator.approvals" | "operator.admin";
}[] = [
  { does: "tighten", method: "contractor.mode", params: { value: "plan" }, needs: "operator.write" },
  {
    does: "go back to the owner's setting",
    method: "contractor.mode",
    params: { value: "ask" },
    needs: "operator.approvals",
  },
  {
    does: "go beyond the owner's setting",
    method: "contractor.mode",
    params: { value: "acceptEdits" },
    needs: "operator.admin",
  },
  {
    does: "move a session elsewhere",
    method: "contractor.restart",
    params: { cwd: "DIR" },
    needs: "operator.approvals",
  },
];
