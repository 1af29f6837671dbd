"""Puts the code lists beside the outcome table, so that a query can show names: `code_provinces`, `code_fields`, ...

    python examples/code_names.py                   # in the database of SAINGAN_DATABASE, by default the local one

Each table has the columns code, name_th, name_en, parent. Run it again after an upgrade: it replaces the tables.
"""

from sqlalchemy import Column, MetaData, String, Table, create_engine

from saingan.engine.store.address import address
from saingan.settings import Settings
from saingan.standard.codes import LISTS, codes

tables = MetaData()
for name in LISTS:
    columns = (Column("name_th", String), Column("name_en", String), Column("parent", String))
    Table(f"code_{name}", tables, Column("code", String, primary_key=True), *columns)

engine = create_engine(address(Settings().database_url))
with engine.begin() as conn:
    tables.drop_all(conn)
    tables.create_all(conn)
    for name in LISTS:
        rows = [(code.code, code.name_th, code.name_en, code.parent) for code in codes(name).values()]
        conn.execute(tables.tables[f"code_{name}"].insert().values(rows))
print(f"{len(LISTS)} code lists are in the database")
