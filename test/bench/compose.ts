import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBasePort, findSubnet } from './engine.ts';
import { renderHandMade } from './hand-made.ts';
import { runProcess, runWatched } from './processes.ts';
import { hasReplicasOnline, openRedis, whenTrue } from './redis-polls.ts';
import type { Session } from './session.ts';

/** The hand-made setup, written to a directory of its own. */
export interface ComposeProject {
  readonly label: string;
  readonly directory: string;
  readonly basePort: number;
  readonly replicas: number;
  readonly password: string;
}

const pollPauseMs = 20;

/** Writes the files of the hand-made setup; nothing of it exists in the engine yet. */
export async function writeComposeProject(session: Session, replicas: number): Promise<ComposeProject> {
  const project = `bench-${session.id}-compose-${1 + replicas}`;
  const [subnet, basePort] = await Promise.all([findSubnet(session.signal), findBasePort(1 + replicas)]);
  const password = randomBytes(24).toString('hex');
  const directory = join(session.directory, project);
  await mkdir(directory, { recursive: true });
  const files = renderHandMade({ project, image: session.image, subnet, basePort, replicas, password });
  for (const [name, content] of files) {
    await writeFile(join(directory, name), content);
    await chmod(join(directory, name), 0o644); // for the uid of the server; others on this machine stop at the directory
  }
  return { label: `com.docker.compose.project=${project}`, directory, basePort, replicas, password };
}

/** @returns milliseconds from the start of `docker compose up -d` until every replica is online */
export async function composeUp(session: Session, project: ComposeProject): Promise<number> {
  const { label, directory: cwd, basePort: port, replicas, password } = project;
  session.owns(label);
  const master = openRedis({ host: '127.0.0.1', port, password });
  try {
    const startedMs = performance.now();
    const [{ durationMs }, onlineMs] = await runWatched(
      (signal) => runProcess('docker', ['compose', 'up', '-d'], { signal, cwd }),
      (signal) => whenTrue(() => hasReplicasOnline(master, replicas), pollPauseMs, signal),
      session.signal,
    );
    return Math.max(onlineMs - startedMs, durationMs);
  } finally {
    master.disconnect();
  }
}
