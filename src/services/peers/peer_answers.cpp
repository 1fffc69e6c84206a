#include "services/peers/peer_answers.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <list>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/encoding.h"
#include "ports/topics.h"

// On the bus, words with blanks between:
//     who QUESTION KIND SUBJECT          has anybody this?
//     mine QUESTION NODE                 I have
//     tell QUESTION NODE KIND SUBJECT    then tell it
//     told QUESTION SEALED               here it is
// Sealed is "QUESTION KIND SUBJECT", a line's end, and the answer.

namespace syncwatch {
namespace {

std::string new_name(Random& random) {
    std::array<std::uint8_t, 12> bytes{};
    random.fill(bytes);
    return encode_hex(bytes);
}

std::string next_word(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return std::string(word);
}

/// What an answer begins with, so that it answers this question alone.
std::string head_of(const std::string& id, const std::pair<std::string, std::string>& subject) {
    return id + ' ' + subject.first + ' ' + subject.second + '\n';
}

}  // namespace

/// One that waits for an answer.
struct PeerAnswers::Question {
    /// Somebody who waits, on their own executor.
    struct Waiter {
        net::any_io_executor executor;
        std::shared_ptr<net::cancellation_signal> wake =
            std::make_shared<net::cancellation_signal>();
    };

    std::string id;
    std::string asked_of;  ///< The node that was asked to tell.
    std::optional<std::string> answer;
    bool over = false;  ///< Answered, or in vain: nothing of it changes any more.
    std::list<Waiter> waiting;
};

PeerAnswers::PeerAnswers(Powers powers, Options options)
    : powers_(powers), options_(options), self_(new_name(powers.random)) {}

PeerAnswers::~PeerAnswers() = default;

void PeerAnswers::serve(const std::string& kind, Has has, Tell tell) {
    sources_.insert_or_assign(kind, Source{std::move(has), std::move(tell)});
}

std::unique_ptr<Bus::Subscription> PeerAnswers::listen(net::any_io_executor executor) {
    auto handle = [this](const std::string& payload) { heard(payload); };
    return powers_.bus.subscribe(topics::kPeerAnswers, std::move(executor), std::move(handle));
}

Async<std::string> PeerAnswers::ask(std::string kind, std::string subject) {
    const Subject named(std::move(kind), std::move(subject));
    const auto [question, first] = join(named);
    if (question && first) {
        for (int i = 0; i < options_.tries && begin_try(*question); ++i) {
            powers_.bus.publish(topics::kPeerAnswers,
                                "who " + question->id + ' ' + named.first + ' ' + named.second);
            co_await pause(question);
        }
        settle(named, *question, std::nullopt);
    } else if (question) {
        for (bool open = true; open;) {
            co_await pause(question);
            const std::lock_guard lock(mutex_);
            open = !question->over;
        }
    }
    if (!question || !question->answer) {
        co_return fail_unavailable("peers", "no other node tells it", std::chrono::seconds(1));
    }
    co_return *question->answer;
}

/// nullptr: too many ask. True for the one who asks first.
std::pair<std::shared_ptr<PeerAnswers::Question>, bool> PeerAnswers::join(const Subject& subject) {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(subject);
    if (found != asked_.end()) return {found->second, false};
    if (asked_.size() >= options_.most_asked) return {nullptr, false};
    auto question = std::make_shared<Question>();
    question->id = new_name(powers_.random);
    asked_.emplace(subject, question);
    return {std::move(question), true};
}

/// False: it is over. Whoever was asked to tell has had their time.
bool PeerAnswers::begin_try(Question& question) {
    const std::lock_guard lock(mutex_);
    question.asked_of.clear();
    return !question.over;
}

/// Wakes everybody who waits for it, once.
void PeerAnswers::settle(const Subject& subject, Question& question,
                         std::optional<std::string> answer) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(question.over, true)) return;
    question.answer = std::move(answer);
    for (const Question::Waiter& each : question.waiting) {
        net::post(each.executor,
                  [wake = each.wake] { wake->emit(net::cancellation_type::terminal); });
    }
    asked_.erase(subject);
}

/// Until the question is over, or it is time to ask again.
net::awaitable<void> PeerAnswers::pause(std::shared_ptr<Question> question) {
    Question::Waiter waiter;
    waiter.executor = co_await net::this_coro::executor;
    {
        const std::lock_guard lock(mutex_);
        if (question->over) co_return;
        question->waiting.push_back(waiter);
    }
    auto sleep = powers_.clock.sleep_until(powers_.clock.now() + options_.patience);
    auto until_woken =
        net::bind_cancellation_slot(waiter.wake->slot(), net::as_tuple(net::use_awaitable));
    (void)co_await net::co_spawn(waiter.executor, std::move(sleep), std::move(until_woken));
    const std::lock_guard lock(mutex_);
    std::erase_if(question->waiting, [&](const auto& each) { return each.wake == waiter.wake; });
}

void PeerAnswers::heard(std::string_view payload) {
    const std::string word = next_word(payload);
    const std::string id = next_word(payload);
    if (word == "who") {
        Subject subject;
        subject.first = next_word(payload);
        subject.second = payload;
        offer(id, subject);
    } else if (word == "mine") {
        heard_offer(id, std::string(payload));
    } else if (word == "tell") {
        if (next_word(payload) != self_) return;
        Subject subject;
        subject.first = next_word(payload);
        subject.second = payload;
        tell(id, subject);
    } else if (word == "told") {
        heard_answer(id, payload);
    }
}

void PeerAnswers::offer(const std::string& id, const Subject& subject) {
    const auto source = sources_.find(subject.first);
    if (source == sources_.end() || !source->second.has(subject.second)) return;
    if (!find(id).first) powers_.bus.publish(topics::kPeerAnswers, "mine " + id + ' ' + self_);
}

/// The first who offers it is asked for it.
void PeerAnswers::heard_offer(const std::string& id, const std::string& node) {
    const auto [question, subject] = find(id);
    if (!question) return;
    {
        const std::lock_guard lock(mutex_);
        if (!question->asked_of.empty()) return;
        question->asked_of = node;
    }
    powers_.bus.publish(topics::kPeerAnswers,
                        "tell " + id + ' ' + node + ' ' + subject.first + ' ' + subject.second);
}

void PeerAnswers::tell(const std::string& id, const Subject& subject) {
    const auto source = sources_.find(subject.first);
    if (source == sources_.end()) return;
    auto told = [this, id, head = head_of(id, subject)](const std::string& answer) {
        if (answer.size() > options_.most_bytes) return;
        powers_.bus.publish(topics::kPeerAnswers,
                            "told " + id + ' ' + powers_.sealer.seal(as_bytes(head + answer)));
    };
    source->second.tell(subject.second, std::move(told));
}

void PeerAnswers::heard_answer(const std::string& id, std::string_view sealed) {
    const auto [question, subject] = find(id);
    if (!question) return;
    const auto opened = powers_.sealer.open(sealed);
    if (!opened) return;
    const std::string head = head_of(id, subject);
    const std::string_view text(reinterpret_cast<const char*>(opened->data()), opened->size());
    if (text.starts_with(head)) settle(subject, *question, std::string(text.substr(head.size())));
}

/// The question of ours that has this id; nullptr: none, or it is over.
std::pair<std::shared_ptr<PeerAnswers::Question>, PeerAnswers::Subject> PeerAnswers::find(
    const std::string& id) {
    const std::lock_guard lock(mutex_);
    for (const auto& [subject, question] : asked_) {
        if (question->id == id) return {question, subject};
    }
    return {};
}

}  // namespace syncwatch
