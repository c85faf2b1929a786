import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { MakingWorld } from '../helpers/making-world.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';
import { StubEngine, type StubWorld } from '../helpers/stub-engine.ts';

/** Runs rmsx against an engine behind TCP: whose host that is, nobody can see. */
async function runFar(world: StubWorld, args: readonly string[]): Promise<Run> {
  await using engine = await StubEngine.start(world);
  const server = createServer((socket) => socket.pipe(connect(engine.socketPath)).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await runRmsx(args, { env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` } });
  } finally {
    server.close();
  }
}

const note = /routes of the host of the engine cannot be looked at from here: whether 172\.19\.0\.0\/24 hides one/g;

test.each([['--dry-run'], ['--no-wait']])('up %s must tell once that routes cannot be looked at', async (flag) => {
  const world = new MakingWorld();
  const { code, stderr } = await runFar(world, ['up', '--replicas', '0', flag]);
  expect([code, stderr.match(note)?.length]).toEqual([0, 1]);
});

test('doctor must not call a subnet free of routes that cannot be looked at', async () => {
  const { stdout } = await runFar({ images: ['redis:8.0'] }, ['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: readonly { code: string; message: string }[] };
  expect(findings.find(({ code }) => code === 'subnet')?.message).toBe(
    'The default subnet 172.19.0.0/24 is free of networks; the routes of its host cannot be looked at from here.',
  );
});
