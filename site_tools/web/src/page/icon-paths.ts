/** Line icons, drawn for this site on a 24 x 24 grid; each is a name of its own, so that a script carries those it draws. */
export const link = 'M10 14a4.5 4.5 0 0 0 6.4 0l3-3A4.5 4.5 0 0 0 13 4.6l-1.2 1.2M14 10a4.5 4.5 0 0 0-6.4 0l-3 3A4.5 4.5 0 0 0 11 19.4l1.2-1.2';
export const code = 'M8.5 7 3.5 12l5 5M15.5 7l5 5-5 5';
export const expand = 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5';
export const shrink = 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5';
export const dice = 'M6 4h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2ZM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01';
export const save = 'M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14';
export const pen = 'M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19ZM14.5 6.5l3 3';
export const previous = 'M14.5 5 7.5 12l7 7';
export const next = 'M9.5 5l7 7-7 7';
export const play = 'M8 5.5v13l10.5-6.5z';
