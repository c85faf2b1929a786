import type { Warning } from '../status.ts';
import { noClues } from './clues.ts';
import { diskCauseIn } from './log.ts';
import { containerAt, counted, problem, type Scene } from './scene.ts';

/** Servers that cannot write their data to disk. */
export const diskWarnings = (scene: Scene): readonly Warning[] =>
  [...scene.infos].flatMap(([node, { persistence, refusals, role }]) => {
    const cause = diskCauseIn((scene.clues.get(node) ?? noClues).log);
    const why = cause === undefined ? '' : ` (${cause})`;
    // How much room there is says nothing where the server may not write.
    const look = /Permission|Read-only/.test(cause ?? '') ? 'ls -ld' : 'df -h';
    const warn = (code: string, text: string): Warning =>
      problem(code, node, text, `docker exec ${containerAt(scene, node)} ${look} /data`);
    if (persistence.aofEnabled && !persistence.aofWriteOk) {
      const refused = refusals.disk > 0 ? `, ${counted(refusals.disk, 'time')} so far` : '';
      const writes = role === 'master' ? ` and refuses writes until it can${refused}` : '';
      return [warn('aof-failing', `${node} cannot write to its append-only file${why}${writes}`)];
    }
    if (persistence.aofEnabled && !persistence.aofRewriteOk) {
      const text = `${node} could not rewrite its append-only file${why}, which grows until it can`;
      return [warn('aof-rewrite-failing', text)];
    }
    if (persistence.snapshotOk) return [];
    const refused = refusals.disk > 0 ? `; ${counted(refusals.disk, 'write')} refused so far` : '';
    return [warn('snapshot-failing', `${node} could not write its last snapshot${why}${refused}`)];
  });
