"""The line icons, each on a grid of 24; and the three marks of an answer, on a grid of 48."""

ICONS = {
    "back": '<path d="m15 5-7 7 7 7"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "up": '<path d="m5 14 7-7 7 7"/>',
    "text": '<path d="M3 19 8.5 5 14 19M5 14h7M15.5 19l3-8 3 8M16.7 16h4"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "enlarge": '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "circle": '<circle cx="12" cy="12" r="8"/>',
    "speech": '<path d="M4 5h16v11H9l-5 4Z"/>',
    "dots": '<circle cx="7" cy="8" r="3.5"/><circle cx="17" cy="7" r="2.5"/><circle cx="14" cy="17" r="4"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 7.5v.1"/>',
    "warn": '<path d="M12 8v5M12 16.5v.1"/><circle cx="12" cy="12" r="9"/>',
    "more": '<circle cx="12" cy="12" r="9"/><path d="M8 12h.1M12 12h.1M16 12h.1"/>',
    "undo": '<path d="M8 5 4 9l4 4"/><path d="M4 9h10a6 6 0 0 1 0 12h-3"/>',
    "pen": '<path d="M5 19l1-4L16.5 4.5l3 3L9 18Z"/>',
    "globe": '<circle cx="12" cy="12" r="9"/>'
    '<path d="M3 12h18M12 3c3.5 3.5 3.5 14.5 0 18M12 3c-3.5 3.5-3.5 14.5 0 18"/>',
    "star": '<path d="m12 3 2.7 5.8 6.3.8-4.6 4.4 1.2 6.3L12 17.2 6.4 20.3l1.2-6.3L3 9.6l6.3-.8Z"/>',
    "heart": '<path d="M12 20S4 15 4 9.2A4.2 4.2 0 0 1 12 7.4a4.2 4.2 0 0 1 8 1.8C20 15 12 20 12 20Z"/>',
    "down": '<path d="M12 4v11m-5-4.5 5 5 5-5M5 20h14"/>',
    "lock": '<rect x="5" y="10" width="14" height="10" rx="2"/><path d="M8 10V7a4 4 0 0 1 8 0v3"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="m4 7.5 8 6 8-6"/>',
    "phone": '<path d="M6 4h4l2 5-2.5 1.5a11 11 0 0 0 4 4L15 12l5 2v4a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2Z"/>',
    "page": '<path d="M6 3h8l4 4v14H6Z"/><path d="M14 3v4h4"/>',
    "place": '<path d="M12 21s7-6.2 7-11a7 7 0 0 0-14 0c0 4.8 7 11 7 11Z"/><circle cx="12" cy="10" r="2.5"/>',
    "leave": '<path d="M10 4H5v16h5M15 8l4 4-4 4M19 12H9"/>',
    "screen": '<rect x="3" y="4.5" width="18" height="12" rx="1.5"/><path d="M8 20.5h8M12 16.5v4"/>',
    "calendar": '<rect x="3.5" y="5" width="17" height="15" rx="2"/><path d="M3.5 10h17M8 3v4M16 3v4"/>',
    "play": '<path d="M8 5v14l11-7Z"/>',
}

GLYPHS = {
    1: '<circle cx="24" cy="24" r="17"/>',
    0: '<path d="M24 8 42 39H6Z"/>',
    -1: '<path d="m10 10 28 28M38 10 10 38"/>',
}
