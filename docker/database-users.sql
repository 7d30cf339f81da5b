-- Makes the two users of the gateway: one that owns the database and migrates it, and one that serves requests and owns nothing. Run by a
-- superuser in the gateway's database, as often as one likes: it sets the passwords anew and changes nothing else. docs/tenants.md tells why.
\getenv owner_password OWNER_PASSWORD
\getenv login_password LOGIN_PASSWORD
select set_config('users.owner_password', :'owner_password', false), set_config('users.login_password', :'login_password', false) \g /dev/null
do $$
begin
  if not exists (select from pg_roles where rolname = 'deployment_graph_owner') then create role deployment_graph_owner; end if;
  if not exists (select from pg_roles where rolname = 'deployment_graph_login') then create role deployment_graph_login; end if;
  execute format('alter role deployment_graph_owner login createrole nosuperuser nobypassrls password %L',
    current_setting('users.owner_password'));
  execute format('alter role deployment_graph_login login nocreaterole nosuperuser nobypassrls password %L',
    current_setting('users.login_password'));
  execute format('alter database %I owner to deployment_graph_owner', current_database());
end $$;
