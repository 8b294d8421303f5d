/** The images of the course: what its data set, its samples and the reader's drawings share. A model states its own shape in its manifest. */

/** Pixels a side; the twin of `demos.data.IMAGE_SIZE`. */
export const IMAGE_SIZE = 28;
/** Pixels of one image. */
export const IMAGE_PIXELS = IMAGE_SIZE ** 2;
