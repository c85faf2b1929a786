import { describe, test } from 'vitest';
import { isBootOnly } from '../../src/domain/boot-only.ts';
import { canonicalDirective } from '../../src/domain/directives.ts';
import { inContainer } from './support/in-container.ts';

/** Prints what a running server refuses to be told again, in the very words in which it says it has it. */
const refusedByServer = `
redis-server --save '' >/dev/null &
for try in $(seq 200); do
  if redis-cli ping >/dev/null 2>&1; then break; fi
  sleep 0.05
done
redis-cli config get '*' | awk 'NR % 2 == 1' | while read -r name; do
  value=$(redis-cli config get "$name" | sed -n 2p)
  if [ "$(redis-cli config set "$name" "$value" 2>&1)" != OK ]; then echo "$name"; fi
done
redis-cli shutdown nosave >/dev/null 2>&1`;

describe.concurrent.each(['redis:6.0', 'redis:7.0', 'redis:8.0', 'valkey:8.1'])('%s', (image) => {
  test('what the server takes at its start alone must be known, so that nobody tells it while it runs', async ({
    expect,
  }) => {
    const refused = await inContainer(image, refusedByServer);
    expect(refused.length).toBeGreaterThan(20);
    expect(refused.filter((name) => !isBootOnly(canonicalDirective(name) ?? ''))).toEqual([]);
  });
});
