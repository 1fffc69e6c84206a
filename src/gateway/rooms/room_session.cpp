#include "gateway/rooms/room_session.h"

#include <functional>
#include <utility>

#include "gateway/rooms/deliveries.h"
#include "protocol/room/encode.h"

namespace syncwatch::room_gateway {
namespace {

using namespace room_protocol;
using websocket::frame_text;
using Action = RoomControl::Action;
using Op = RoomQueue::Change::Op;

/// Frames that a client may send behind its hello without waiting for the welcome.
constexpr std::size_t kMostEarly = 64;

CloseCode code_of(Ending why) {
    switch (why) {
        case Ending::Kicked: return CloseCode::Kicked;
        case Ending::NoSuchRoom: return CloseCode::NoSuchRoom;
        case Ending::WhoAreYou: return CloseCode::WhoAreYou;
        case Ending::NoHello: return CloseCode::NoHello;
        case Ending::Restarting: return CloseCode::Restarting;
        case Ending::Overloaded: break;
    }
    return CloseCode::Overloaded;
}

Action action_of(ControlFrame::Action action) {
    switch (action) {
        case ControlFrame::Action::Play: return Action::Play;
        case ControlFrame::Action::Pause: return Action::Pause;
        case ControlFrame::Action::Seek: return Action::Seek;
        case ControlFrame::Action::Rate: return Action::Rate;
        case ControlFrame::Action::Select: return Action::Select;
        case ControlFrame::Action::Next: break;
    }
    return Action::Next;
}

Op op_of(QueueFrame::Op op) {
    switch (op) {
        case QueueFrame::Op::Add: return Op::Add;
        case QueueFrame::Op::Remove: return Op::Remove;
        case QueueFrame::Op::Move: return Op::Move;
        case QueueFrame::Op::Clear: return Op::Clear;
        case QueueFrame::Op::Vote: break;
    }
    return Op::Vote;
}

std::string_view words_of_violation(websocket::Violation violation) {
    switch (violation) {
        case websocket::Violation::Binary: return "a frame is text";
        case websocket::Violation::TooLarge: return "a frame has at most 64 KiB";
        case websocket::Violation::NotUtf8: return "a frame is UTF-8";
        case websocket::Violation::Protocol: break;
    }
    return "that was no WebSocket frame";
}

}  // namespace

RoomSession::RoomSession(JoinGrant allowed, LiveRooms& rooms, RoomShard& shard, Metrics& metrics)
    : RoomLine(std::move(allowed)), rooms_(rooms), shard_(shard), metrics_(metrics) {
    metrics_.sockets.fetch_add(1, std::memory_order_relaxed);
}

RoomSession::~RoomSession() {
    metrics_.sockets.fetch_sub(1, std::memory_order_relaxed);
}

void RoomSession::on_text(std::string_view message) {
    if (state_ == State::Over) return;
    metrics_.frames_in.fetch_add(1, std::memory_order_relaxed);
    received_ = rooms_.time().now();
    auto frame = decode_client_frame(message);
    if (!frame) return refuse(frame.error());
    if (state_ == State::Silent) {
        if (const auto* hello = std::get_if<Hello>(&*frame)) return greet(*hello);
        return violate({}, "the first frame is hello");
    }
    if (const auto* question = std::get_if<ClockQuestion>(&*frame)) return answer_clock(*question);
    const std::uint64_t content = std::hash<std::string_view>()(message);
    if (state_ == State::Inside) return take(*std::move(frame), content);
    if (early_.size() >= kMostEarly) return hang_up(CloseCode::Flooding);
    early_.emplace_back(*std::move(frame), content);
}

void RoomSession::refuse(const BadFrame& bad) {
    if (bad.kind == BadFrame::Kind::Malformed) return violate(bad.id, bad.why);
    transmit(frame_text(encode_error(bad.id, "invalid", bad.why)), websocket::Delivery::ordered());
}

/// What is not of the protocol ends the conversation, with a word why.
void RoomSession::violate(std::string_view id, std::string_view why) {
    metrics_.bad_frames.fetch_add(1, std::memory_order_relaxed);
    transmit(frame_text(encode_error(id, "invalid", why)), websocket::Delivery::ordered());
    hang_up(CloseCode::BadFrame);
}

void RoomSession::on_violation(websocket::Violation violation) {
    if (state_ == State::Over) return;
    metrics_.bad_frames.fetch_add(1, std::memory_order_relaxed);
    transmit(frame_text(encode_error({}, "invalid", words_of_violation(violation))),
             websocket::Delivery::ordered());
}

void RoomSession::on_goodbye(std::optional<std::uint16_t> code) {
    // A page that is closed or loaded anew says 1001: it may be back in a moment.
    leaving_ = code == websocket::kNormalClosure;
}

void RoomSession::on_closed() {
    // Also when the room ended it: the shard knows the line until its socket is gone.
    state_ = State::Over;
    shard_.close(*this, leaving_);
}

void RoomSession::greet(const Hello& hello) {
    if (hello.protocol != kVersion) {
        transmit(frame_text(encode_error(
                     {}, "unsupported_protocol",
                     words_of(fail(ErrorCode::InvalidInput, {}, "unsupported_protocol").value())
                         .message)),
                 websocket::Delivery::ordered());
        return hang_up(CloseCode::BadFrame);
    }
    state_ = State::Entering;
    hello_id_ = hello.id;
    RoomShard::Arrival arrival;
    if (hello.resume) {
        arrival.resume = hello.resume->member;
        arrival.last_message = hello.resume->last_message;
    }
    shard_.hello(*this, arrival);
}

void RoomSession::entered() {
    state_ = State::Inside;
    answer(std::exchange(hello_id_, {}), {});
    // One of them may end the conversation.
    for (auto& [frame, content] : std::exchange(early_, {})) {
        if (state_ == State::Inside) take(std::move(frame), content);
    }
}

void RoomSession::end(Ending why) {
    if (std::exchange(state_, State::Over) == State::Over) return;
    hang_up(code_of(why));
}

void RoomSession::take(ClientFrame frame, std::uint64_t content) {
    notes.request = content;
    std::visit([this](const auto& each) { act(each); }, frame);
}

void RoomSession::answer_clock(const ClockQuestion& question) {
    const std::string told = encode_clock(question.t0, received_, rooms_.time().now());
    metrics_.frames_out.fetch_add(1, std::memory_order_relaxed);
    transmit(frame_text(told), kClockDelivery);
    answer(question.id, {});
}

void RoomSession::answer(const std::string& id, const Result<>& outcome) {
    if (outcome && id.empty()) return;
    metrics_.frames_out.fetch_add(1, std::memory_order_relaxed);
    if (outcome) {
        transmit(frame_text(encode_ack(id, {})), websocket::Delivery::ordered());
    } else {
        const ErrorWords words = words_of(outcome.error());
        transmit(frame_text(encode_error(id, words.code, words.message)),
                 websocket::Delivery::ordered());
    }
}

void RoomSession::act(const Hello&) {
    violate({}, "hello comes once");
}

void RoomSession::act(const ClockQuestion& frame) {
    answer_clock(frame);
}

void RoomSession::act(const ControlFrame& frame) {
    RoomControl control;
    control.action = action_of(frame.action);
    control.position = frame.position;
    control.rate = frame.rate;
    control.item = frame.item;
    notes.room->control(*this, frame.id, control);
}

void RoomSession::act(const ReportFrame& frame) {
    notes.room->report(*this, frame.report, frame.knows_drift);
    answer(frame.id, {});
}

void RoomSession::act(const ChatFrame& frame) {
    notes.room->chat(*this, frame.id, frame.text, frame.reply_to);
}

void RoomSession::act(const ReactFrame& frame) {
    answer(frame.id, notes.room->react(*this, frame.emoji, frame.position));
}

void RoomSession::act(const QueueFrame& frame) {
    RoomQueue::Change change;
    change.op = op_of(frame.op);
    change.video = frame.video;
    change.item = frame.item;
    change.before = frame.before;
    notes.room->change_queue(*this, frame.id, std::move(change));
}

void RoomSession::act(const RoleFrame& frame) {
    notes.room->give_role(*this, frame.id, frame.member, frame.role);
}

void RoomSession::act(const KickFrame& frame) {
    notes.room->kick(*this, frame.id, frame.member);
}

void RoomSession::act(const VoiceFrame& frame) {
    notes.room->set_voice(*this, frame.state);
    answer(frame.id, {});
}

void RoomSession::act(const SignalFrame& frame) {
    answer(frame.id, notes.room->signal(*this, frame.to, frame.data));
}

}  // namespace syncwatch::room_gateway
