/** Who works on a removal. */
export interface Claim {
  /** The process, by a unique name. */
  holder: string;
  /** Changes while the holder lives. */
  beat: string;
  /** When a holder last made progress, ISO 8601 in UTC. */
  progressed?: string | undefined;
}

/** A removed user whose posts are being swept, as stored in the table Removals. */
export interface Removal extends Partial<Claim> {
  user_id: string;
  /** When the user was removed, ISO 8601 in UTC. */
  since: string;
}
