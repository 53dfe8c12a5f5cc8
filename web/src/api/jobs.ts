import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, get, write } from "./client";
import type { JobTold, Work } from "./types";

export type Job = JobTold;
type Told = readonly Job[];

const KEY = ["jobs"];
/** While something runs it alone is asked about: what work made can be long. */
const SOON_MS = 700;
const SELDOM_MS = 20_000;

export const runs = (job: Job): boolean => job.state === "running";

/** All work since the server was started, the latest first. Whatever ends has everything else asked again. */
export function useJobs(): Told {
  const client = useQueryClient();
  const { data = [] } = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const before = client.getQueryData<Told>(KEY) ?? [];
      const now = await asked(before, signal);
      if (before.some((job) => runs(job) && !now.some((other) => other.id === job.id && runs(other)))) void renew(client);
      return now;
    },
    staleTime: SOON_MS,
    refetchInterval: (query) => (query.state.data?.some(runs) ? SOON_MS : SELDOM_MS),
  });
  return data;
}

async function asked(before: Told, signal: AbortSignal): Promise<Told> {
  if (before.some(runs)) {
    try {
      return await Promise.all(before.map((job) => (runs(job) ? get("/api/v1/jobs/{id}", { path: { id: job.id } }, signal) : job)));
    } catch (error) {
      // A server that was started again does not know it.
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  return (await get("/api/v1/jobs", {}, signal)).jobs;
}

/** Asks again for everything on the page but the work itself. */
export const renew = (client: QueryClient): Promise<void> => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });

export interface Working {
  /** The latest work of the kind, whatever became of it. */
  readonly job: Job | null;
  /** Begins it; where the same runs already, that is it. */
  readonly begin: (work: Work) => Promise<void>;
  readonly stop: (job: Job) => Promise<void>;
}

/** Work in the background of one verb: the latest of it, its beginning and its end. */
export function useWork(verb: Work["verb"], of?: (job: Job) => boolean): Working {
  const client = useQueryClient();
  const jobs = useJobs();
  return {
    job: jobs.find((job) => job.verb === verb && (of?.(job) ?? true)) ?? null,
    begin: async (work) => {
      try {
        const job = await write("post", "/api/v1/jobs", { body: work });
        client.setQueryData<Told>(KEY, (now = []) => [job, ...now.filter(({ id }) => id !== job.id)]);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "running") throw error;
        client.setQueryData<Told>(KEY, []);
      }
      await client.invalidateQueries({ queryKey: KEY });
    },
    stop: async ({ id }) => {
      await write("delete", "/api/v1/jobs/{id}", { path: { id } });
      await client.invalidateQueries({ queryKey: KEY });
    },
  };
}
