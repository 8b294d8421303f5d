/** What is near the screen: the programs of demos are fetched then, and not before. */

/** Where a browser cannot tell who is on screen, everybody is. */
export const canTell = (): boolean => typeof IntersectionObserver === 'function';

/** Call once when the element comes near the screen. */
export function whenNear(element: Element, callback: () => void): void {
  if (!canTell()) return callback();
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      callback();
    },
    { rootMargin: '600px' },
  );
  observer.observe(element);
}
