/**
 * Redis master/replica topologies in Docker, for programs and their tests. What the command line does, and no more: it never
 * prints, ends the process or heeds a signal. `rmsx/operations` has the operations of which all of this is made.
 * @packageDocumentation
 */
export type { NodeRequest, PullPolicy } from './config/up-request.ts';
export type { Directives, Persistence, Role, Topology } from './domain/cluster.ts';
export { type ErrorCode, type ErrorDetails, exitCodes, RmsxError } from './domain/errors.ts';
export type { ClusterStatus, Health, NodeState, NodeStatus, Notice, Warning } from './domain/status.ts';
export type { Check, CheckCode, Verification } from './domain/verification/verification.ts';
export type { CallOptions, EngineOptions, ProgressEvent } from './library/call.ts';
export type { Cluster, ClusterNode, PromoteCall, Target } from './library/cluster.ts';
export { attach, type UpSettings, up } from './library/up.ts';
export type { DownResult } from './operations/down.ts';
export type { LifecycleNode, LifecycleResult } from './operations/lifecycle.ts';
export type { PromoteResult } from './operations/promote.ts';
export type { RejoinOptions, RejoinResult } from './operations/rejoin.ts';
export type { SwitchoverResult } from './operations/switchover.ts';
export type { FaultResult } from './operations/targets.ts';
export type { VerifyOptions } from './operations/verify.ts';
export type { FaultKind } from './plan/fault.ts';
export type { Resync } from './plan/resync.ts';
