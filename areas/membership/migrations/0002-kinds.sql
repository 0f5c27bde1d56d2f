-- How a membership began and how it ended: key figures, IN and OUT by kind.
-- owner: membership
alter table memberships add
    began_as text not null default 'joined' check (began_as in ('joined', 'transfer'));
alter table memberships add
    ended_as text not null default 'cancelled' check (ended_as in ('cancelled', 'deceased', 'arrears', 'expelled', 'transfer'));
