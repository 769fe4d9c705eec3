/** What the API acknowledged: what exists, what is gone, and all answers. */
export class Ledger {
  /** Users that exist, with their case-folded login. */
  readonly users = new Map<string, { name: string; login: string }>();
  /** Posts that exist. */
  readonly posts = new Map<string, { user_id: string; content: string }>();
  /** Answers by status. */
  readonly answers = new Map<number, number>();
  /** Unexpected answers. */
  readonly mistakes: string[] = [];

  answered(status: number): void {
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
  }

  /** A user is gone, and their posts with them. */
  removed(userId: string): void {
    this.users.delete(userId);
    for (const [id, post] of this.posts) if (post.user_id === userId) this.posts.delete(id);
  }

  toString(): string {
    const answers = [...this.answers].sort(([a], [b]) => a - b);
    const counts = answers.map(([status, count]) => `${status}: ${count}`).join(", ");
    return `${counts}; ${this.users.size} users, ${this.posts.size} posts`;
  }
}
