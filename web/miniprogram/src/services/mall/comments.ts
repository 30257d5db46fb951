/** How many reviews of each kind; the pages compare texts. */
export interface CommentCounts {
  commentCount: string;
  badCount: string;
  middleCount: string;
  goodCount: string;
  hasImageCount: string;
  uidCount: string;
  goodRate: number;
}

/** The mall keeps no reviews yet. */
export const NO_COMMENTS: CommentCounts = {
  commentCount: "0", badCount: "0", middleCount: "0", goodCount: "0", hasImageCount: "0", uidCount: "0", goodRate: 0,
};
