// What a session may be called: something to type, and no number, which means a place in the list.
import { z } from "zod";

const NAME = /^(?!#?\d+$)[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,59}$/u;

export const sessionName = z
  .string()
  .trim()
  .normalize("NFC")
  .regex(NAME, "must be letters, digits, spaces, dots or dashes, at most 60, and not a number alone");
