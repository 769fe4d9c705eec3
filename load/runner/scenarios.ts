/** A scenario's purpose and load model. */
export interface Scenario {
  /** The question that it answers. */
  question: string;
  /**
   * Closed: a fixed number of users who wait for each answer (`--vus`). Open: visits arrive at a
   * fixed rate whatever the API does (`--rate`).
   */
  model: "open" | "closed";
}

export const scenarios: Record<string, Scenario> = {
  smoke: { question: "Does every route work?", model: "closed" },
  average: { question: "Does an ordinary day go well?", model: "open" },
  stress: { question: "Does a busy day, up to four times the ordinary one?", model: "open" },
  spike: { question: "What happens far beyond capacity, and after it?", model: "open" },
  soak: { question: "Does anything leak or slow down over hours?", model: "open" },
  breakpoint: { question: "At what rate does it stop keeping its promises?", model: "open" },
  capacity: { question: "Is this rate carried, with p99 under 50 ms?", model: "open" },
  classic: { question: "How does it do in the original's load test?", model: "closed" },
};
