import type { Step } from '../domain/plan.ts';
import { hasConf } from './read-confs.ts';
import { type Replacing, replace } from './replace.ts';

/** A step that changes a node which runs, besides its role. */
export type ChangeStep = Extract<Step, { op: 'configure' | 'replace' | 'admit-password' | 'require-password' }>;

/** What such a step works with. */
export interface Changing extends Replacing {
  readonly idOf: (node: string) => string;
  /** The nodes that were changed, and stay so whatever comes; filled here. */
  readonly changed: string[];
}

/** Whether a step is one of these; their errors say by themselves what they are about. */
export const isChange = (step: Step): step is ChangeStep =>
  ['configure', 'replace', 'admit-password', 'require-password'].includes(step.op);

/**
 * Carries one of them out.
 * @throws RmsxError where the node does not get that far; it is as it was then
 */
export async function changeNode(step: ChangeStep, changing: Changing): Promise<void> {
  switch (step.op) {
    case 'configure':
      await configure(step, changing);
      changing.changed.push(step.node);
      return;
    case 'replace':
      await replace(step, changing);
      changing.changed.push(step.node);
      return;
    case 'admit-password':
      return (await changing.connections.to(step.node)).admitPassword(step.password);
    case 'require-password':
      return requirePassword(step, changing);
    default:
      return step satisfies never;
  }
}

/**
 * The settings first, then the conf: cut off in between, the node still says that it is the old one, and the next `up` does it
 * again. The settings are taken back only where the conf surely is the old one: a node whose conf is new would be taken for
 * changed for ever. Settings that are new under an old conf are set once more.
 */
async function configure(
  { node, settings, files }: Extract<Step, { op: 'configure' }>,
  { connections, writer, engine, idOf }: Changing,
): Promise<void> {
  const connection = await connections.to(node);
  const id = idOf(node);
  const before: [string, string][] = [];
  const setBack = async (): Promise<void> => {
    for (const [name, was] of before.reverse()) await connection.configure(name, was).catch(() => undefined); // it is gone
  };
  try {
    for (const { name, value } of settings) {
      const was = await connection.setting(name);
      await connection.configure(name, value);
      if (was !== null) before.push([name, was]);
    }
  } catch (error) {
    await setBack();
    throw error;
  }
  try {
    await writer.write(id, id, files);
  } catch (error) {
    const isWritten = await hasConf(engine, id, files).catch(() => null);
    if (isWritten) return; // the engine did it, and its answer was lost
    if (isWritten === false) await setBack();
    throw error;
  }
}

/** The conf first: a server that restarts in between must not come back with the old password. */
async function requirePassword(
  { node, password, files }: Extract<Step, { op: 'require-password' }>,
  { connections, writer, idOf }: Changing,
): Promise<void> {
  const connection = await connections.to(node);
  await writer.write(idOf(node), idOf(node), files);
  await connection.requirePassword(password);
}
