#include "exec/operators.hpp"

namespace mainstay::exec {
namespace {

class RelScan final : public RowExpander {
public:
    RelScan(const plan::Node& node, StatementContext& context, OperatorPtr child, const plan::RelScan& scan)
        : RowExpander(node, context, std::move(child), {scan.from, scan.rel, scan.to}),
          scan_(scan),
          view_(context.view(scan.time)) {}

protected:
    void start_row(const Batch&, std::uint32_t) override {
        types_.clear();
        for (const bound::TypeName& type : scan_.types)
            if (const TypeId id = view_.names().find_type(type.name); id != no_type)
                types_.push_back({id, type.reversed});
        next_type_ = 0;
        segment_ = 0;
        found_.clear();
        position_ = 0;
        other_way_ = false;
    }

    std::uint32_t extend(const Batch&, std::uint32_t, Batch& out, std::uint32_t room, bool& done) override {
        std::uint32_t added = 0;
        while (added < room) {
            if (position_ >= found_.size() && !read_more()) {
                done = true;
                break;
            }
            const RelId rel = found_[position_];
            const Ends ends = view_.ends(rel);
            const bool turned = reversed_ != other_way_;
            out[scan_.from].push_node(&view_, turned ? ends.target : ends.source);
            out[scan_.rel].push_rel(&view_, rel);
            out[scan_.to].push_node(&view_, turned ? ends.source : ends.target);
            ++added;
            if (scan_.both && !other_way_ && ends.source != ends.target) {
                other_way_ = true;
            } else {
                other_way_ = false;
                ++position_;
            }
        }
        return added;
    }

private:
    struct Type {
        TypeId id;
        bool reversed;
    };

    bool read_more() {
        while (true) {
            found_.clear();
            position_ = 0;
            if (segment_ >= view_.rel_segments()) {
                segment_ = 0;
                ++next_type_;
            }
            const std::size_t types = scan_.types.empty() ? 1 : types_.size();
            if (next_type_ >= types || view_.rel_segments() == 0) return false;
            context_.work(256);
            const TypeId type = scan_.types.empty() ? no_type : types_[next_type_].id;
            reversed_ = !scan_.types.empty() && types_[next_type_].reversed;
            view_.scan_rels(segment_++, type, found_);
            if (!found_.empty()) return true;
        }
    }

    const plan::RelScan& scan_;
    const View& view_;
    std::vector<Type> types_;
    std::size_t next_type_ = 0;
    std::uint32_t segment_ = 0;
    std::vector<RelId> found_;
    std::size_t position_ = 0;
    bool reversed_ = false, other_way_ = false;
};

}  // namespace

OperatorPtr make_rel_scan(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<RelScan>(n, c, std::move(child), std::get<plan::RelScan>(n.op));
}

}  // namespace mainstay::exec
