/**
 * A function that puts the rows of a deleted order aside under a number, for the user that may only
 * extend the audit trail (audit/former-chains.ts). It has the rights of the user that migrates, so
 * it does nothing else: not for a chain whose order was not deleted, and not for one that was put
 * aside. The search path must end with `pg_temp`, or a temporary table could take the place of the
 * trail.
 */
export const FORMER_CHAINS = [
  `select set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)`,
  `create function put_former_aside(name text) returns integer
    language plpgsql security definer set search_path from current as $$
    declare
      number integer := 1;
      is_deleted boolean := (
        select starts_with(row_json, '{"action":"order/delete",') from audit where chain = name
          and (starts_with(row_json, '{"action":"order/create",')
            or starts_with(row_json, '{"action":"order/delete",'))
        order by sequence desc limit 1);
    begin
      if is_deleted is not true or strpos(name, '#') > 0
        or not has_table_privilege(session_user, 'audit', 'insert') then
        return null;
      end if;
      while exists (select from audit where chain = name || '#' || number) loop
        number := number + 1;
      end loop;
      update audit set chain = name || '#' || number where chain = name;
      return number;
    end $$`,
];
