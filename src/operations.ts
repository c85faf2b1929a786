export type { Since } from './config/parse-since.ts';
export type { NodeRequest, UpRequest } from './config/up-request.ts';
export { type ConnectOptions, connect } from './connect.ts';
export type { Address, ClusterSpec, Directives, NodeSpec, Persistence, Role, Topology } from './domain/cluster.ts';
export type { ConsideredEngine, EngineFacts } from './domain/engine-facts.ts';
export { type ErrorCode, exitCodes, RmsxError } from './domain/errors.ts';
export type { Finding } from './domain/finding.ts';
export type { Kept, Leftover } from './domain/leftover.ts';
export type { LogLine, NodeLine } from './domain/log-line.ts';
export { type HeldWrites, type LostWrites, lostBytesOf } from './domain/lost-writes/lost-writes.ts';
export { countWrites, type WriteCommand } from './domain/lost-writes/write-command.ts';
export { formatPlan, type Plan, type PlannedStep, type Step } from './domain/plan.ts';
export type { Ports, Progress } from './domain/ports.ts';
export type { Rates } from './domain/rates.ts';
export {
  type Branch,
  forestOf,
  type GraphEdge,
  type GraphNode,
  type ReplicationGraph,
  replicationGraph,
  type Tree,
} from './domain/replication-graph.ts';
export type { LinkState } from './domain/server-info.ts';
export type { ClusterStatus, Health, NodeState, NodeStatus, Notice, Warning } from './domain/status.ts';
export { type Change, changesBetween } from './domain/status-changes.ts';
export type { Check, CheckCode, Verification } from './domain/verification/verification.ts';
export { add } from './operations/add.ts';
export type { ChangeOptions, ChangeResult } from './operations/change-topology.ts';
export { type DiagnosedEngine, type Diagnosis, doctor } from './operations/doctor.ts';
export { type DownOptions, type DownResult, down } from './operations/down.ts';
export { type ConnectionInfo, env, type NodeUrl, url, variablesOf } from './operations/env.ts';
export { type ExportLogsOptions, type ExportLogsResult, exportLogs } from './operations/export-logs.ts';
export { fault, faultFor } from './operations/fault.ts';
export { followLogs, type LogReader } from './operations/follow-logs.ts';
export { type GcOptions, type GcResult, gc } from './operations/gc.ts';
export { type HealOptions, heal } from './operations/heal.ts';
export { type Hold, hold, letGo } from './operations/hold.ts';
export type { LifecycleNode, LifecycleOptions, LifecycleResult } from './operations/lifecycle.ts';
export { type LogsOptions, type LogsResult, logs } from './operations/logs.ts';
export { type ListedCluster, ls } from './operations/ls.ts';
export { move } from './operations/move.ts';
export { type PromoteOptions, type PromoteResult, promote } from './operations/promote.ts';
export { promoteVia } from './operations/promote-via.ts';
export { type RejoinOptions, type RejoinResult, rejoin } from './operations/rejoin.ts';
export { remove } from './operations/remove.ts';
export { type RenderOptions, type RenderResult, render } from './operations/render.ts';
export { type RepairOptions, type RepairResult, repair } from './operations/repair.ts';
export type { LeftAlone } from './operations/repair-steps.ts';
export { restart } from './operations/restart.ts';
export { scale } from './operations/scale.ts';
export { start } from './operations/start.ts';
export { status } from './operations/status.ts';
export { stop } from './operations/stop.ts';
export { type SwitchoverOptions, type SwitchoverResult, switchover } from './operations/switchover.ts';
export type { FaultResult } from './operations/targets.ts';
export { topology } from './operations/topology.ts';
export { up } from './operations/up.ts';
export type { UpOptions, UpResult } from './operations/up-run.ts';
export { type VerifyOptions, verify } from './operations/verify.ts';
export { type Sight, type WatchOptions, watch } from './operations/watch.ts';
export type { FaultKind } from './plan/fault.ts';
export type { RejoinPlan, WayBack } from './plan/rejoin.ts';
export { formatRepair, type RepairStep } from './plan/repair.ts';
export { formatWrite, lostWritesToPipe } from './render/lost-writes-file.ts';
export { renderDot } from './render/topology-dot.ts';
export { renderMermaid } from './render/topology-mermaid.ts';
export { renderTree } from './render/topology-tree.ts';
