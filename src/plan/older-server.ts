import { type ClusterSpec, findNode, imageOf, type NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { NodeConf, ObservedEngine, ObservedVolume } from '../domain/observed.ts';
import { canLoad, newestVersionOfImage, rdbVersion, versionOfImage } from '../domain/server-version.ts';

/**
 * A server that is older than the data on its volume, or of the other family, ends with "Can't handle RDB format
 * version", again and again; one from before 7.0 does not even see the data, and starts empty.
 * Images whose names do not tell a version are let through.
 * @param confs - a record names the image that used the volumes last; the label of a volume only the one it was made for
 * @throws RmsxError `unsafe`
 */
export function refuseOlderServer(
  cluster: ClusterSpec,
  { volumes }: Pick<ObservedEngine, 'volumes'>,
  confs: ReadonlyMap<string, NodeConf>,
): void {
  if (cluster.persistence === 'none') return;
  const data = volumes.filter((volume) => volume.cluster === cluster.name && volume.purpose === 'data');
  const misfits = cluster.nodes.flatMap((node) => {
    const volume = data.find((own) => own.node === node.name);
    const misfit = volume && misfitOf(cluster, node, volume, confs.get(node.name));
    return misfit ? [misfit] : [];
  });
  const [first] = misfits;
  if (!first) return;
  const problems = misfits.map(({ problem }) => problem);
  throw new RmsxError(
    'unsafe',
    problems.length === 1 ? `${problems[0]}.` : `${problems.length} nodes could not load their data.`,
    {
      problems: problems.length === 1 ? [] : problems,
      node: first.node.name,
      hint: `${wayBack(cluster, first)}\nOr begin anew without the data: ${rmsxCommand(cluster.name, 'down --volumes')}`,
    },
  );
}

interface Misfit {
  readonly node: NodeSpec;
  /** The image that wrote the data. */
  readonly writer: string;
  readonly problem: string;
}

function misfitOf(
  cluster: ClusterSpec,
  node: NodeSpec,
  volume: ObservedVolume,
  conf: NodeConf | undefined,
): Misfit | undefined {
  const reader = imageOf(cluster, node);
  const writer = lastImage(node.name, conf) ?? volume.image ?? reader;
  const [written, read] = [versionOfImage(writer), newestVersionOfImage(reader)];
  if (writer === reader || !written || !read || canLoad(read, written)) return undefined;
  return {
    node,
    writer,
    problem: `${node.name} could not load its data: ${volume.name} was written by ${writer} (RDB format ${rdbVersion(written)}), and ${reader} has RDB format ${rdbVersion(read)}`,
  };
}

function lastImage(name: string, conf: NodeConf | undefined): string | undefined {
  const known = conf?.record ? findNode(conf.record.cluster, name) : undefined;
  return conf?.record && known ? imageOf(conf.record.cluster, known) : undefined;
}

const wayBack = (cluster: ClusterSpec, { node, writer }: Misfit): string =>
  node.image === null
    ? `Keep the image of before: ${rmsxCommand(cluster.name, `up --image ${writer}`)}`
    : `Keep the image of before, in rmsx.yaml: nodes.${node.name}.image: ${writer}`;

/**
 * What to do about a server that did not take its data or did not reach its source, from what it said itself: the names of
 * images do not always tell.
 * @param logs - the last lines of the servers that failed
 */
export function hintFromLogs(cluster: string, logs: readonly string[]): string | undefined {
  const format = logs.map((line) => /Can't handle RDB format version (\d+)/.exec(line)?.[1]).find(Boolean);
  if (format === undefined) {
    const isCutOff = logs.some((line) => /No route to host|Network is unreachable/.test(line));
    return isCutOff ? `A node does not reach its source. See why: ${rmsxCommand(cluster, 'status')}` : undefined;
  }
  return `The server is too old for RDB format ${format}, or of another family. Name an image at least as new as the one before: ${rmsxCommand(cluster, 'up --image NAME')}\nOr begin anew without the data: ${rmsxCommand(cluster, 'down --volumes')}`;
}
