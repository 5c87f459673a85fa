from __future__ import annotations
import time
from datetime import timedelta
import sqlalchemy as sa, pytest
from models.people import *
from models.conversation import Conversation
from services import training, training_assign, training_reminders, units
from services.lessons import Lessons
from bot.library import ROOT
from tests.factories import *
from tests.learning import give
async def test_scale(database, now):
    N=5000
    lessons=Lessons.load(ROOT/"lessons")
    async with database.writing() as session:
        v=await make_village_with_team(session)
        c=await session.connection()
        vs=[]
        for i in range(200):
            vs.append(await make_unit(session,f"Thôn {i}",parent=v.commune))
        t=lambda m: sa.inspect(m).local_table
        await c.execute(sa.insert(t(Person)),[dict(id=1000+i,name=f"A {i}",locale="vi",has_large_text=False,created_at=LONG_AGO) for i in range(N)])
        await c.execute(sa.insert(t(Account)),[dict(id=1000+i,channel="w",channel_account="w",external_id=str(i),person_id=1000+i,is_reachable=True,created_at=LONG_AGO,seen_at=LONG_AGO) for i in range(N)])
        await c.execute(sa.insert(t(Conversation)),[dict(channel_account="w",chat=str(i),account_id=1000+i,states={},choices=[],offers=[],counter=0) for i in range(N)])
        await c.execute(sa.insert(t(Assignment)),[dict(person_id=1000+i,unit_id=vs[i%200].id,role=Role.MEMBER,since=LONG_AGO) for i in range(N)])
        m=await make_person(session,"M",unit=v.province,role=Role.SUPERVISOR)
        a=await actor_for(session,m); prov=v.province
    async with database.writing() as session:
        t0=time.perf_counter(); n=await give(session,a,prov,now); print("give",n,time.perf_counter()-t0)
    op=now.replace(hour=19,minute=0)
    async with database.writing() as session:
        t0=time.perf_counter(); p=await training.progress(session,prov,now=op); print("progress",p,time.perf_counter()-t0)
        t0=time.perf_counter(); p=await training.progress(session,vs[3],now=op); print("progress village",time.perf_counter()-t0)
    ts=[]
    while True:
        t0=time.perf_counter()
        async with database.writing() as session:
            r=await training_reminders.push(session,lessons,now=op)
        ts.append(time.perf_counter()-t0)
        if r["seen"]<training_reminders.BATCH: break
    print("push",len(ts),"first",ts[0],"max",max(ts),"sum",sum(ts))
    async with database.writing() as session:
        t0=time.perf_counter(); r=await training_reminders.remind(session,lessons,after=0,now=op+timedelta(days=7)); print("remind batch",r,time.perf_counter()-t0)
    async with database.writing() as session:
        t0=time.perf_counter(); r=await training_reminders.close(session,now=op+timedelta(days=15)); print("close",r,time.perf_counter()-t0)
