// An embedded database as after years of talk.
import { join } from 'node:path';

import { succeed } from './child.mjs';
import { tool } from './paths.mjs';
import { Product } from './product.mjs';

/** A data folder whose database holds `mebibytes` of old chat, and the room that it is of. */
export async function grown(mebibytes, { data, members = 2 } = {}) {
  const product = await Product.start({ core: null, data });
  await product.signUp();
  const [code] = await product.createRooms(1, members);
  const { token } = product;
  await product.stop({ keepData: true });
  const rows = mebibytes * 256;
  // Incompressible, as a page of text hardly is: the worst case for whoever compresses.
  const sql = `PRAGMA synchronous = OFF;
    WITH RECURSIVE old(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM old WHERE n < ${rows})
    INSERT INTO room_messages (id, room, sent_at, author, name, text, request)
    SELECT printf('00000000-0000-7000-8000-%012x', n), code, 1000000 + n, owner, 'Old', hex(randomblob(1900)), 'old' || n
    FROM old, (SELECT code, owner FROM rooms LIMIT 1);`;
  await succeed([tool('sqlite3'), join(product.data, 'syncwatch.db'), sql]);
  // What is still to be written to the disk would be measured with what comes next.
  await succeed([tool('sync')]);
  return { data: product.data, token, code };
}

/** Until a loss of it can be undone: a generation that began just now has no copy to go on from. */
export function protectedOnce(product) {
  return product.until(async () => /^syncwatch_backup_following 1$/m.test((await product.call('GET', '/metrics')).body), { every: 500 });
}
