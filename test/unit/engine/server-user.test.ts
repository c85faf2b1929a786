import { describe, expect, test } from 'vitest';
import { serverUserOf, startsAsRoot } from '../../../src/engine/server-user.ts';

const debian = 'root:x:0:0:root:/root:/bin/bash\nredis:x:999:999::/home/redis:/usr/sbin/nologin\n';
const alpine = 'root:x:0:0::/root:/bin/sh\nvalkey:x:999:1000::/home/valkey:/sbin/nologin\napp:x:1001:1002::/:/bin/sh';

describe('the user of the server', () => {
  test.each([
    ['', debian, 999, 999],
    ['', alpine, 999, 1000],
    ['root', alpine, 999, 1000],
    ['0:0', 'redis:x:1999:1998::/:/bin/sh', 1999, 1998],
    ['', 'root:x:0:0::/:/bin/sh', 999, 999],
    ['', '', 999, 999],
    ['app', alpine, 1001, 1002],
    ['1001', alpine, 1001, 1002],
    ['1001:5', alpine, 1001, 5],
    ['1001:app', alpine, 1001, 1002],
    ['1234', debian, 1234, 0],
    ['1234:1234', '', 1234, 1234],
    ['redis', debian, 999, 999],
  ])('USER "%s" and %j must be %i:%i', (configured, passwd, uid, gid) => {
    expect(serverUserOf(configured, passwd)).toEqual({ uid, gid });
  });

  test.each(['', 'root', '0', '0:5', 'root:root'])('"%s" must start as root', (configured) => {
    expect(startsAsRoot(configured)).toBe(true);
  });

  test.each(['redis', '1', '1000:0', 'rooted', '01'])('"%s" must not start as root', (configured) => {
    expect(startsAsRoot(configured)).toBe(false);
  });
});
