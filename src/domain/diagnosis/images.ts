import { findNode, imageOf } from '../cluster.ts';
import { containerOf } from '../observed.ts';
import type { Warning } from '../status.ts';
import { advice, command, listed, type Scene } from './scene.ts';

/**
 * Nodes that run an image which its name does not stand for any more: it was built or pulled anew, or its tag removed.
 * The engine lists their containers with the id of the image then (moby, daemon/list.go), and with its name otherwise.
 * An advice: they go on as they are, but one that is made anew will run another server than the rest.
 */
export function imageAdvice(scene: Scene): readonly Warning[] {
  const { cluster } = scene.record;
  const moved = new Map<string, string[]>();
  for (const { name } of scene.nodes) {
    const node = findNode(cluster, name);
    const made = containerOf(scene, name)?.image ?? '';
    const image = node ? imageOf(cluster, node) : '';
    if (!isId(made) || image === '' || isId(image) || made.includes(image)) continue;
    moved.set(image, [...(moved.get(image) ?? []), name]);
  }
  return [...moved].map(([image, names]) => {
    const was = `${image} stands for another image now than when ${listed(names)} ${names.length > 1 ? 'were' : 'was'} made`;
    const anew = `${command(scene, 'down')} && ${command(scene, 'up')}   makes all nodes anew, with their data`;
    const hint = cluster.persistence === 'none' ? null : anew;
    return advice(
      'image-moved',
      names.length === 1 ? (names[0] ?? null) : null,
      `${was}: a node that is made anew will run another one than they do`,
      hint,
    );
  });
}

const isId = (image: string): boolean => /^sha256:[0-9a-f]{64}$/.test(image);
