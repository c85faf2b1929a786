/**
 * `min-replicas-to-write` of a master that is to take no writes for a while: more replicas than any has. Nobody asks for it, so
 * that who finds it knows who has left it.
 */
export const fencingReplicas = 1_000_000;
