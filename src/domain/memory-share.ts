/** What must stay free of the memory of a host: for the child that writes a snapshot, and for buffers. */
export const snapshotShare = 0.3;
