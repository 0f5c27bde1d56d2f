-- The state that a campaign gets once everybody is in it; empty when it has it. A program that was stopped in between goes
-- on where it left off.
alter table campaigns add
    fills_to text check (fills_to in ('active', 'paused'));
