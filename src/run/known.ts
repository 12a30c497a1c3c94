import type { AveragedFit } from '../layout/averaged-fit.js';
import type { Settings } from '../options/table.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { nearestDistances, usualDistance } from './drift.js';
import type { LivingParts } from './evolve.js';
import { averagedFitOf } from './in-space.js';
import { groupsOfRun, type RunGroups } from './nearest-groups.js';

/** What rows of a run say of new ones, whichever these are. */
export interface Known {
  /** What places in an averaged space come from; undefined where topics were found elsewhere. */
  fit?: AveragedFit;
  groups: RunGroups;
  /** By cluster of the cut. */
  parts: number[][];
  /** Nearly all rows have their nearest other within it. */
  usual: number;
}

const knownOfRuns = new WeakMap<LivingParts['analysis'], Known>();

/**
 * The same, computed once per open run.
 * @param fitted vectors of its rows
 * @param isPlaced whether new rows get places in the reduced space
 */
export async function knownOf(
  analysis: LivingParts['analysis'],
  fitted: Matrix,
  isPlaced: boolean,
  settings: Settings,
): Promise<Known> {
  const before = knownOfRuns.get(analysis);
  if (before) return before;
  const { fit, grouping } = analysis;
  const reduced = isPlaced ? fit.points : undefined;
  // As where topics were found: vectors of so few columns are compared themselves.
  const beside = reduced && reduced.cols < fitted.cols ? reduced : undefined;
  const isIn = (row: number) => takesPart(analysis, row);
  const known = {
    fit: isPlaced ? await averagedFitOf(analysis, fitted, settings) : undefined,
    groups: await groupsOfRun(grouping, fitted, beside, isIn, settings.tree.threads),
    parts: topicsOfClusters(analysis),
    usual: usualOf(analysis),
  };
  knownOfRuns.set(analysis, known);
  return known;
}

/** Copies that counted with their original take no part. */
const takesPart = ({ fit, grouping: { given } }: LivingParts['analysis'], row: number): boolean =>
  !Number.isNaN(fit.coreDistances[row]) || (given?.topic[row] ?? -1) >= 0;

/** Copies that have no part in the tree say nothing of how near rows usually are. */
function usualOf(analysis: LivingParts['analysis']): number {
  const { fit, graph } = analysis;
  const isIn = (row: number) => takesPart(analysis, row);
  const known = fit.invalidRows === 0 ? graph : listsOf(graph, isIn);
  return usualDistance(nearestDistances(known, [...fit.labels.keys()].filter(isIn)));
}

/** The lists without rows that take no part. */
export function listsOf(graph: NeighborGraph, takesPart: (row: number) => boolean): NeighborGraph {
  const { rows, neighbors } = graph;
  const indices = new Int32Array(graph.indices.length).fill(-1);
  const distances = new Float32Array(graph.distances.length).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < rows; row++) {
    let to = row * neighbors;
    for (let at = row * neighbors; at < (row + 1) * neighbors; at++) {
      const other = graph.indices[at];
      if (other < 0 || !takesPart(other)) continue;
      indices[to] = other;
      distances[to++] = graph.distances[at];
    }
  }
  return { ...graph, indices, distances };
}

/** The topics that rows of each cluster of the cut are in: several where it was divided or merged with parts of others. */
function topicsOfClusters({ fit, grouping }: LivingParts['analysis']): number[][] {
  const found = Array.from({ length: fit.clusterCount }, () => new Set<number>());
  for (const [row, cluster] of fit.labels.entries()) {
    const topic = grouping.topics.labels[row];
    if (cluster >= 0 && topic >= 0) found[cluster].add(topic);
  }
  return found.map((own) => [...own].sort((a, b) => a - b));
}
