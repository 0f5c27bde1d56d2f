-- Two who correct the same outcome at once: one of them is first, the other corrects the correction.
create unique index outcomes_corrected on outcomes (corrects_id) where corrects_id is not null;
