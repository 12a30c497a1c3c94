import type { Matrix } from '../shapes.js';

/** Columns of an averaged space, also where the vectors have fewer: the others are 0. */
export const AVERAGED_COLUMNS = 8;

/** Whether places are those of an averaged space; those of a layout have other columns. */
export const isAveraged = ({ cols }: Matrix): boolean => cols === AVERAGED_COLUMNS;
