// What adapters answer when a session is opened or set, read into one shape.
import { z } from "zod";
import type { ConfigOption, KnownSession, OpenedSession } from "../harness.ts";

const choice = z.looseObject({ value: z.string(), name: z.string().optional() });
const configOption = z.looseObject({
  id: z.string(),
  category: z.string().nullish(),
  currentValue: z.union([z.string(), z.boolean()]),
  options: z.array(z.union([choice, z.looseObject({ options: z.array(choice) })])).nullish(),
});
const opened = z.looseObject({
  sessionId: z.string().optional(),
  modes: z
    .looseObject({ currentModeId: z.string(), availableModes: z.array(z.looseObject({ id: z.string() })) })
    .nullish(),
  configOptions: z.array(configOption).nullish(),
  // The way of adapters from before there were options.
  models: z
    .looseObject({
      currentModelId: z.string(),
      availableModels: z.array(z.looseObject({ modelId: z.string(), name: z.string().optional() })),
    })
    .nullish(),
});
const configured = z.looseObject({ configOptions: z.array(configOption) });

const listed = z.looseObject({
  sessions: z.array(
    z.looseObject({
      sessionId: z.string(),
      cwd: z.string(),
      title: z.string().nullish(),
      updatedAt: z.string().nullish(),
    }),
  ),
});

/** Reads the result of ACP `session/list`, the newest first. */
export function readList(raw: unknown): KnownSession[] {
  const known = listed.parse(raw).sessions.map(({ sessionId, cwd, title, updatedAt }) => ({
    sessionId,
    cwd,
    ...(title ? { title } : {}),
    ...(updatedAt ? { updatedAt } : {}),
  }));
  return known.sort((a, b) => (b.updatedAt ?? "").localeCompare(a.updatedAt ?? ""));
}

/** Reads the result of ACP `session/new`, `session/resume` or `session/load`; `sessionId` fills in where it is not told. */
export function readOpened(raw: unknown, sessionId?: string): OpenedSession {
  const told = opened.parse(raw ?? {});
  const id = told.sessionId ?? sessionId;
  if (id === undefined) throw new Error("the adapter opened a session without naming it");
  return {
    sessionId: id,
    ...(told.modes ? { mode: told.modes.currentModeId } : {}),
    modes: told.modes?.availableModes.map((mode) => mode.id) ?? [],
    configOptions: told.configOptions ? told.configOptions.map(flatten) : modelsAsOption(told.models),
  };
}

/** Reads the options ACP `session/set_config_option` answers with; undefined where the adapter answers without them. */
export function readConfigured(raw: unknown): ConfigOption[] | undefined {
  const told = configured.safeParse(raw);
  return told.success ? told.data.configOptions.map(flatten) : undefined;
}

function flatten(option: z.infer<typeof configOption>): ConfigOption {
  const choices = option.options?.flatMap((entry) => ("options" in entry ? entry.options : [entry])) ?? [];
  return {
    id: option.id,
    currentValue: option.currentValue,
    ...(option.category ? { category: option.category } : {}),
    options: (choices as z.infer<typeof choice>[]).map(({ value, name }) => ({
      value,
      ...(name ? { name } : {}),
    })),
  };
}

function modelsAsOption(models: z.infer<typeof opened>["models"]): ConfigOption[] {
  if (!models) return [];
  const options = models.availableModels.map(({ modelId, name }) => ({
    value: modelId,
    ...(name ? { name } : {}),
  }));
  return [{ id: "model", category: "model", currentValue: models.currentModelId, options }];
}
