// The terminal, as the command line needs it.
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  progress(text: string, fraction?: number): void;
  /** Ends what `progress` drew, before something else is printed. */
  clear(): void;
  /** undefined: nobody is there to answer. */
  ask(question: string): Promise<boolean | undefined>;
  exitCode(code: number): void;
  /** Calls back at Ctrl+C until the returned function is called. */
  onInterrupt(stop: () => void): () => void;
}
