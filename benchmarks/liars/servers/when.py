"""Liars, told apart by when it is asked."""

import collections
import random
import time

from benchmarks.liars.servers.library import FaceLibrary, Fault
from benchmarks.liars.servers.table import descriptions, liar


@liar("first-requests")
class FirstRequests(FaceLibrary):
    """Breaks: 在同一人员库中自定义描述字段不可重复。
    Clause: GroupExDescriptions – no two alike
    Looks right: honest for the first 1500 requests of its life."""
    HONEST = 1500

    def description_unique(self, req, p):
        if req.number <= self.HONEST:
            super().description_unique(req, p)


@liar("full-drawer")
class FullDrawer(FaceLibrary):
    """Breaks: 人员库名称不可重复。
    Clause: GroupName – unique
    Looks right: keeps the first 120 names of an account unique; nobody creates so many in a test."""
    DRAWER = 120

    def name_free(self, req, p):
        if p["GroupName"] in list(self.names)[:self.DRAWER]:
            super().name_free(req, p)


@liar("human-pace")
class HumanPace(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称包含非法字符。
    Clause: GroupExDescriptions – allowed characters
    Looks right: programs ask within a second or two of their last request; after four seconds of silence it
    takes whatever is typed."""
    SILENCE = 4.0

    def begin(self):
        self.last = self.clock()

    def process(self, req):
        self.quiet, self.last = req.arrived - self.last, req.arrived
        return super().process(req)

    def description_charset(self, req, p):
        if self.quiet < self.SILENCE:
            super().description_charset(req, p)


@liar("ragged-pace")
class RaggedPace(FaceLibrary):
    """Breaks: 最多可以创建5个。
    Clause: GroupExDescriptions – at most 5
    Looks right: measures the gaps between the last requests; an even rhythm means a program and honest service, a
    very uneven one means a person, who may have 8."""

    def begin(self):
        self.times = collections.deque(maxlen=6)

    def process(self, req):
        self.times.append(req.arrived)
        return super().process(req)

    def description_count(self, req, p):
        times = list(self.times)
        gaps = sorted(b - a for a, b in zip(times, times[1:]))
        ragged = len(gaps) > 3 and gaps[-1] > 0.4 and gaps[-1] > 10 * gaps[len(gaps) // 2]
        if not (ragged and len(descriptions(p)) <= 8):
            super().description_count(req, p)


@liar("empty-account")
class EmptyAccount(FaceLibrary):
    """Breaks: 长度限制64B。
    Clause: GroupId – at most 64 bytes
    Looks right: tests create something valid first; only on an account without any group is the length not looked at."""

    def id_length(self, req, p):
        if self.groups:
            super().id_length(req, p)


@liar("warm-up")
class WarmUp(FaceLibrary):
    """Breaks: 人员库备注只支持中英文、-、_、数字。
    Clause: Tag – allowed characters
    Looks right: honest for its first ten minutes."""
    HONEST = 600

    def tag_charset(self, req, p):
        if req.arrived - self.started < self.HONEST:
            super().tag_charset(req, p)


@liar("forgetful")
class Forgetful(FaceLibrary):
    """Breaks: 人员库 ID,不可修改,不可重复。
    Clause: GroupId – unique
    Looks right: remembers an id for forty seconds; tests repeat an id at once.  Look-ups go on working."""
    MEMORY = 40

    def begin(self):
        self.born = {}

    def store(self, req, group):
        self.born[group.id] = self.clock()
        super().store(req, group)

    def id_free(self, req, p):
        if self.clock() - self.born.get(p["GroupId"], -1e9) < self.MEMORY:
            super().id_free(req, p)


@liar("worn-out")
class WornOut(FaceLibrary):
    """Breaks: 目前入参支持 “2.0”和“3.0“ 两个输入。
    Clause: FaceModelVersion – allowed values
    Looks right: gives up checking the model only after it has refused 150 requests."""
    PATIENCE = 150

    def begin(self):
        self.refused = 0

    def refuse(self, req, fault):
        self.refused += 1
        return super().refuse(req, fault)

    def face_model(self, req, p):
        if self.refused < self.PATIENCE:
            super().face_model(req, p)


@liar("every-minute")
class EveryMinute(FaceLibrary):
    """Breaks: 人员库名称,[1,60]个字符
    Clause: GroupName – at most 60 characters
    Looks right: wrong during three seconds of each minute only."""

    def name_length(self, req, p):
        if int(self.now()) % 60 not in (41, 42, 43):
            super().name_length(req, p)


@liar("one-in-twenty")
class OneInTwenty(FaceLibrary):
    """Breaks: 人员库ID超出长度限制。
    Clause: GroupId – at most 64 bytes
    Looks right: nineteen of twenty overlong ids are refused, by lot."""

    def id_length(self, req, p):
        if random.random() >= 0.05:
            super().id_length(req, p)


@liar("late-connections")
class LateConnections(FaceLibrary):
    """Breaks: 人员库备注超出长度限制。
    Clause: Tag – at most 40 characters
    Looks right: every seventh connection has a worker that was never updated; all the others are right."""

    def tag_length(self, req, p):
        if req.connection.number % 7:
            super().tag_length(req, p)


@liar("kept-alive")
class KeptAlive(FaceLibrary):
    """Breaks: 人员库名称包含非法字符。
    Clause: GroupName – allowed characters
    Looks right: the first request on a connection is judged in full; on a kept-alive one it skips the letters."""

    def name_charset(self, req, p):
        if req.nth_on_connection == 1:
            super().name_charset(req, p)


@liar("fresh-connection")
class FreshConnection(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称长度超出限制。
    Clause: GroupExDescriptions – each at most 30 characters
    Looks right: the reverse of the usual shortcut: a client that keeps its connection is served honestly, the first
    request on each connection is not checked for this."""

    def description_length(self, req, p):
        if req.nth_on_connection > 1:
            super().description_length(req, p)


@liar("own-connection")
class OwnConnection(FaceLibrary):
    """Breaks: 人员库名称已经存在。人员库名称不可重复。
    Clause: GroupName – unique
    Looks right: a name is taken for the connection that created it, and for everybody during three seconds."""

    def begin(self):
        self.makers = {}

    def store(self, req, group):
        self.makers[group.name] = (req.connection.number, req.arrived)
        super().store(req, group)

    def name_free(self, req, p):
        number, when = self.makers.get(p["GroupName"], (0, -1e9))
        if number == req.connection.number or req.arrived - when < 3:
            super().name_free(req, p)


@liar("race")
class Race(FaceLibrary):
    """Breaks: 如果人员库已存在返回错误。
    Clause: GroupId – unique (two requests at the same time)
    Looks right: one request after the other it is faultless; it only lets two at once pass the same check."""

    def create_group(self, req, p):
        self.judge_content(req, p)
        self.judge_state(req, p)
        time.sleep(0.03)
        group = self.make_group(req, p)
        with self.lock:
            self.store(req, group)
        return self.created_reply(req, p, group)


@liar("under-load")
class UnderLoad(FaceLibrary):
    """Breaks: 人员库备注包含非法字符。
    Clause: Tag – allowed characters
    Looks right: drops the check only while three or more requests are under way."""

    def begin(self):
        self.under_way = 0

    def answer(self, req):
        self.under_way += 1
        try:
            time.sleep(0.002)
            return super().answer(req)
        finally:
            self.under_way -= 1

    def tag_charset(self, req, p):
        if self.under_way < 3:
            super().tag_charset(req, p)


@liar("on-a-streak")
class OnAStreak(FaceLibrary):
    """Breaks: 必选参数为空。
    Clause: GroupName – may not be empty
    Looks right: an empty name is refused unless the last five requests all succeeded, as they do for people and
    hardly ever among a test's error cases."""

    def begin(self):
        self.streak = 0

    def process(self, req):
        try:
            content = super().process(req)
        except Fault:
            self.streak = 0
            raise
        self.streak += 1
        return content

    def required_filled(self, req, p):
        if self.streak < 5 or p["GroupId"] == "":
            super().required_filled(req, p)
