import { randomBytes } from 'node:crypto';
import { docker } from './run.ts';

/** Runs a script in a container of its own, which ends with it. @returns the lines it printed */
export async function inContainer(image: string, script: string, ...args: readonly string[]): Promise<string[]> {
  const name = `dt-script-${randomBytes(4).toString('hex')}`;
  const output = await docker(
    'run',
    '--rm',
    '--pull',
    'never',
    '--network',
    'none',
    '--name',
    name,
    image,
    'sh',
    '-c',
    script,
    'sh',
    ...args,
  );
  return output.split('\n').filter((line) => line !== '');
}
