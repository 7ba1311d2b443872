import { type InfiniteData, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type Answer, type Asked, ask, type Name, type Problem } from "./client";

/** Ask for a list page by page; `after` makes of an answer what the next page is asked with. */
export function usePages<N extends Name>(
  name: N,
  request: Asked<N>,
  after: (answer: Answer<N>) => Partial<Asked<N>> | null,
) {
  return useInfiniteQuery<
    Answer<N>,
    Problem,
    InfiniteData<Answer<N>>,
    readonly unknown[],
    Partial<Asked<N>>
  >({
    queryKey: [name, "pages", request],
    queryFn: ({ pageParam, signal }) => ask(name, Object.assign({}, request, pageParam), signal),
    initialPageParam: {},
    getNextPageParam: after,
    // What is shown stays until what was asked for instead is there.
    placeholderData: keepPreviousData,
  });
}
