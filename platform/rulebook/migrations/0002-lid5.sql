-- Which grounds of lid 5 count is part of the rows of the matrix (permission.p4, permission.p5). The rule
-- that named them apart decided nothing.
delete from rules where key = 'permission.lid5_grounds';
