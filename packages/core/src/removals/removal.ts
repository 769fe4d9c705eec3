/** Who works at a removal, and a sign of life that changes while they do. */
export interface Claim {
  /** A process, by a name that no other has. */
  holder: string;
  /** Another text each time that the holder says that it is still there. */
  beat: string;
  /** When a holder last got on with it, ISO 8601 in UTC; missing before the first time. */
  progressed?: string | undefined;
}

/** A removed user whose posts are being swept, as stored in the table Removals. */
export interface Removal extends Partial<Claim> {
  user_id: string;
  /** When the user was removed, ISO 8601 in UTC. */
  since: string;
}
