/** Work that changes what is seen or what the link holds. */
type Work = 'opening' | 'drawing' | 'flying' | 'filtering' | 'typing' | 'link';

const underWay = new Set<Work>(['opening']);

/**
 * Notes that work began or ended. `html[data-rest]` is set while none is under way: a picture of the page taken then
 * stays the same until the next input.
 */
export function noteWork(work: Work, isUnderWay: boolean): void {
  if (isUnderWay) underWay.add(work);
  else underWay.delete(work);
  document.documentElement.toggleAttribute('data-rest', underWay.size === 0);
}
