-- What a team lead can set for one campaign: when it calls, how often it tries, with which sentence it begins;
-- and whether people come and go by themselves as the conditions hold for them.
alter table campaigns add
    living flag not null default false;
alter table campaigns add
    starts_on text;
alter table campaigns add
    ends_on text;
alter table campaigns add
    from_time text;
alter table campaigns add
    until_time text;
alter table campaigns add
    tries_max int;
alter table campaigns add
    rest_minutes int;
alter table campaigns add
    opening text not null default '';
