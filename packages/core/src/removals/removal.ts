/** Who works on a removal, with a heartbeat that changes while they do. */
export interface Claim {
  /** The process, by a unique name. */
  holder: string;
  /** Changes each time that the holder reports that it is alive. */
  beat: string;
  /** When a holder last made progress, ISO 8601 in UTC; missing before the first time. */
  progressed?: string | undefined;
}

/** A removed user whose posts are being swept, as stored in the table Removals. */
export interface Removal extends Partial<Claim> {
  user_id: string;
  /** When the user was removed, ISO 8601 in UTC. */
  since: string;
}
