// I13 (docs/architecture.md), held in CI: imports go one way, index → wiring → host, backend, door, surfaces → operations →
// jobs → catalog, delivery → session → permission → adapters, state → common. host/ is handed in as ports.

const doors = "surfaces|door|backend";
const middle = "catalog|delivery";
const rooms = `${doors}|operations|jobs|${middle}|session|permission|host`;

const hostContract = "^src/host/acp-contract[.]ts$";

const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

export default {
  forbidden: [
    rule(
      "adapters-and-state-import-nothing-from-src",
      "adapters/ knows nothing of OpenClaw, state/ nothing of OpenClaw or ACP: what they need is handed in.",
      { path: "^(adapters|state|common)/" },
      { path: "^src/" },
    ),
    rule(
      "state-knows-no-adapters",
      "state/ knows nothing of ACP, adapters/ nothing of what is on disk.",
      { path: "^state/" },
      { path: "^adapters/" },
    ),
    rule(
      "common-imports-nothing",
      "common/ is what every room may use; it uses none of them.",
      { path: "^common/" },
      { path: "^(src|adapters|state|test|scripts)/" },
    ),
    rule(
      "only-host-imports-openclaw",
      "When OpenClaw changes, src/host changes and nothing else: every other room gets ports.",
      { path: "^(src|adapters|state|common)/", pathNot: "^src/(host|wiring)/|^src/index[.]ts$" },
      { path: "(^|node_modules/)openclaw(/|$)" },
    ),
    rule(
      "host-is-handed-in",
      "Rooms define the ports they need; only the entry and its wiring know who implements them.",
      { path: "^src/", pathNot: "^src/(host|wiring)/|^src/index[.]ts$" },
      { path: "^src/(host|wiring)/", pathNot: hostContract },
    ),
    rule(
      "the-backend-speaks-the-host-contract",
      "The host's ACP contract is declared once, in host/; the backend implements it, nobody else needs it.",
      { path: "^src/", pathNot: "^src/(host|wiring|backend)/|^src/index[.]ts$" },
      { path: hostContract },
    ),
    rule(
      "the-host-contract-is-types",
      "What the backend takes from host/ is types and nothing else.",
      { path: "^src/backend/" },
      { path: hostContract, dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "nobody-imports-the-entry",
      "index wires the rooms; nothing depends on it.",
      { path: "^(src|adapters|state|common|scripts)/" },
      { path: "^src/index[.]ts$" },
    ),
    rule(
      "operations-import-downwards",
      "operations → jobs → catalog, delivery → session → permission.",
      { path: "^src/operations/" },
      { path: `^src/(${doors})/` },
    ),
    rule(
      "jobs-import-downwards",
      "Jobs are sessions that work for somebody; what people do with them is an operation.",
      { path: "^src/jobs/" },
      { path: `^src/(${doors}|operations)/` },
    ),
    rule(
      "catalog-and-delivery-import-downwards",
      "Finding sessions and posting answers are used by operations and the doors, never the other way.",
      { path: `^src/(${middle})/` },
      { path: `^src/(${doors}|operations|jobs)/` },
    ),
    rule(
      "session-imports-downwards",
      "A session does not know who watches it.",
      { path: "^src/session/" },
      { path: `^src/(${doors}|operations|jobs|${middle})/` },
    ),
    rule(
      "permission-knows-no-session",
      "Permission answers questions; whose session they come from is handed in.",
      { path: "^src/permission/" },
      { path: `^src/(${doors}|operations|jobs|${middle}|session)/` },
    ),
    rule(
      "config-stands-alone",
      "Settings are read by every room and depend on none; those of a harness are declared beside it.",
      { path: "^src/config(-faults)?[.]ts$" },
      { path: `^src/(${rooms}|wiring)/|^state/|^adapters/(?!kinds[.]ts|[a-z]+/settings[.]ts)` },
    ),
    rule(
      "the-product-imports-no-tests-or-scripts",
      "What is shipped does not depend on what checks or builds it.",
      { path: "^(src|adapters|state|common)/" },
      { path: "^(test|scripts)/" },
    ),
    rule(
      "a-file-lives-in-a-room",
      "src/ holds the entry, the settings and the rooms of docs/architecture.md, nothing else.",
      {},
      { path: "^src/", pathNot: `^src/(index|config|config-faults)[.]ts$|^src/(${rooms}|wiring)/` },
    ),
    rule("no-cycles", "Two files that need each other are one file, or three.", {}, { circular: true }),
    rule(
      "no-orphans",
      "A file nobody imports is dead; entries, tests and scripts are imported by their runner.",
      {
        orphan: true,
        pathNot: "^src/(index|wiring/plugin)[.]ts$|^test/.*[.](test|setup)[.]ts$|[.]d[.]ts$|^scripts/",
      },
      {},
    ),
    rule("nothing-unresolved", "An import that leads nowhere.", {}, { couldNotResolve: true }),
    rule(
      "only-declared-packages",
      "Whatever is imported is named in package.json.",
      { path: "^(src|adapters|state|common|test|scripts)/" },
      { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".js", ".mjs", ".json"],
    },
  },
};
