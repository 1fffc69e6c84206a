/** The reactions that a key or one click sends, in the order of the keys 1 to 9. */
export const REACTIONS = ['😂', '❤️', '😮', '😢', '👏', '🔥', '🎉', '🤔', '👀'] as const;
