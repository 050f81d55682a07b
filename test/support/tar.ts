// Archives by hand, so that a test can hold what no tar program would write.
import { gzipSync } from "node:zlib";

export interface TarMember {
  name: string;
  body?: string;
  /** Target of a link, symbolic unless `hard`. */
  link?: string;
  hard?: boolean;
  /** The raw type flag, where it is none of the above. */
  flag?: string;
}

/** The bytes of a .tgz with these members. */
export function tarOf(members: readonly TarMember[]): Buffer {
  return gzipSync(Buffer.concat([...members.map(member), Buffer.alloc(1024)]));
}

function member(o: TarMember): Buffer {
  const body = Buffer.from(o.body ?? "");
  const header = Buffer.alloc(512);
  header.write(o.name, 0, 100);
  header.write("0000755\0", 100);
  header.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(o.flag ?? (o.link === undefined ? "0" : o.hard ? "1" : "2"), 156);
  header.write(o.link ?? "", 157, 100);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}
