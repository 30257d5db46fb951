/** 搜索历史: the mall keeps none. */
export async function getSearchHistory(): Promise<{ historyWords: string[] }> {
  return { historyWords: [] };
}

/** 热门搜索: the mall counts none. */
export async function getSearchPopular(): Promise<{ popularWords: string[] }> {
  return { popularWords: [] };
}
