-- One number per month: of whom, what, and along which line it is told apart. A month that was closed is not written any
-- more; what is learned about it later is a line of its own in figure_corrections.
-- owner: figures
create table figure_month (
    universe     text not null check (universe in ('persons', 'organisations', 'work')),
    measure      text not null,
    dim          text not null check (dim in ('all', 'sector', 'class', 'team', 'user', 'cohort')),
    key          text not null,
    month        text not null,
    n            int  not null,
    primary key (universe, measure, dim, key, month)
); -- clustered
-- owner: figures
create table figure_closings (
    month        text primary key,
    closed_at    int  not null
);
-- What was learned about a month after it was closed, with the day on which it was booked and why.
-- owner: figures
create table figure_corrections (
    universe     text not null,
    measure      text not null,
    dim          text not null,
    key          text not null,
    month        text not null,
    booked_on    text not null,
    why          text not null check (why in ('late', 'member', 'import', 'agreement')),
    n            int  not null,
    primary key (universe, measure, dim, key, month, booked_on, why)
); -- clustered
-- What is known of a member as far as it counts, and the day for which it was counted: what changes is counted as the
-- difference. Months, days and codes; no names.
-- owner: figures
create table figure_members (
    universe     text not null,
    id           id   not null,
    known        text not null,
    counted_on   text not null,
    primary key (universe, id)
); -- clustered
-- owner: figures
create table figure_agreements (
    id           id   primary key,
    known        text not null,
    counted_on   text not null
);
-- How far the log was counted. Whoever counts holds this row; `counted_on` is the day for which all members were counted,
-- empty if they have to be counted anew. Months before counting began are closed when what lies before is complete, or
-- with the first month.
-- owner: figures
create table figure_state (
    id           id   primary key,
    position     id   not null,
    sure_until   id   not null,
    first_month  text not null,
    counted_on   text not null,
    began_month  text not null,
    is_complete  flag not null,
    version      int  not null
);
-- Lines of the last minutes that were counted: two processes can write out of order.
-- owner: figures
create table figure_seen (
    event_id     id   primary key
);
-- What colleagues say about a figure.
-- owner: figures
create table figure_comments (
    id              id   primary key,
    figure          text not null,
    words           text not null,
    made_by         id   not null references users (id),
    made_at         int  not null
);
create index figure_comments_figure on figure_comments (figure, id);
-- on sqlite:
create trigger figure_month_is_closed before update on figure_month
    when exists (select 1 from figure_closings c where c.month = new.month)
    begin select raise(abort, 'a closed month is not rewritten'); end;
create trigger figure_month_stays_closed before insert on figure_month
    when exists (select 1 from figure_closings c where c.month = new.month)
    begin select raise(abort, 'a closed month is not rewritten'); end;
-- on postgresql:
create function figure_month_is_closed() returns trigger language plpgsql as $$
    begin
        if exists (select 1 from figure_closings c where c.month = new.month) then
            raise exception 'a closed month is not rewritten';
        end if;
        return new;
    end $$;
create trigger figure_month_is_closed before insert or update on figure_month for each row
    execute function figure_month_is_closed();
-- on both:
