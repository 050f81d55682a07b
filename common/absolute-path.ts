// A path in a setting: absolute, since a gateway has no directory that anybody would mean.
import { z } from "zod";

const error = { error: "must be an absolute path" };

export const absolutePath = z.string(error).regex(/^(\/|[A-Za-z]:[\\/])/, error);
