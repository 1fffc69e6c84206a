declare module 'virtual:emoji' {
  /** [name of the group, [emoji, its name and other words, by ", "][]][] */
  export const GROUPS: readonly (readonly [
    string,
    readonly (readonly [emoji: string, words: string])[],
  ])[];
}
