// What is said about a directory together with its name, wherever a session begins in one.
import { z } from "zod";

export const anyway = z
  .boolean()
  .default(false)
  .describe("Also where it reaches far: a whole home, a folder of keys or of the system.");

export const trust = z.boolean().default(false).describe("Use the settings that the directory brings.");

export const withoutSettings = z
  .boolean()
  .default(false)
  .describe("Leave the settings that the directory brings unused.");
